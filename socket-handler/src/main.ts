import { runService } from '@parley/common/server';
import { readConfig } from './config.ts';
import { startSocketHandler } from './service.ts';

await runService('socket-handler', readConfig, startSocketHandler, { asks: ['auth', 'messages'], database: false });
