import { readOperatorConfig } from './config.ts';
import { run } from './desk.ts';

process.exitCode = await run(process.argv.slice(2), readOperatorConfig, (line) => void process.stdout.write(`${line}\n`));
