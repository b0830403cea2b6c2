import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { found, ofKind, root } from './rendering.ts';

describe.skipIf(Object.keys(found).length === 0)('the job that restores', () => {
  test('is made of the one that backs up by the command that the documents give: another script, another folder, the same volumes', () => {
    const [, edits = ''] = /\| sed '([^']*restore\.sh[^']*)'/.exec(readFileSync(join(root, 'docs', 'deploy.md'), 'utf8')) ?? [];
    const { spec } = ofKind('production', 'CronJob').find(({ metadata }) => metadata.name === 'backup')?.spec.jobTemplate ?? {};
    // As kubectl prints it.
    const job = JSON.parse(execFileSync('sed', [edits], { input: JSON.stringify(spec, null, 4), encoding: 'utf8' }));
    const [container] = job.template.spec.containers;
    expect(container.command).toEqual(['sh', '/scripts/restore.sh', expect.stringMatching(/^\/backups\/2/)]);
    expect({ ...container, command: [] }).toEqual({ ...spec.template.spec.containers[0], command: [] });
  });
});
