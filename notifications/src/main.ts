import { runService } from '@parley/common/server';
import { readConfig } from './config.ts';
import { startNotifications } from './service.ts';

await runService('notifications', readConfig, startNotifications, { asks: ['auth', 'messages', 'users'] });
