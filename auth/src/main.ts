import { runService } from '@parley/common/server';
import { readConfig } from './config.ts';
import { startAuth } from './service.ts';

await runService('auth', readConfig, startAuth);
