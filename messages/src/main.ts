import { runService } from '@parley/common/server';
import { readConfig } from './config.ts';
import { startMessages } from './service.ts';

await runService('messages', readConfig, startMessages);
