import { run } from './commands.ts';
import { readOperatorConfig } from './config.ts';

process.exitCode = await run(process.argv.slice(2), readOperatorConfig, (line) => void process.stdout.write(`${line}\n`));
