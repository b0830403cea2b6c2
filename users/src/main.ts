import { runService } from '@parley/common/server';
import { readConfig } from './config.ts';
import { startUsers } from './service.ts';

await runService('users', readConfig, startUsers);
