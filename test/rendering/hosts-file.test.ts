/** What containerd is told of the registry (S0-14, S1-09). */
import { describe, expect, it } from 'vitest';
import { HOSTS_FILE_MARK, renderHostsFile } from '../../src/rendering/hosts-file.ts';

describe('renderHostsFile', () => {
  it('names one server, with its CA', async () => {
    const text = await renderHostsFile({ server: 'https://[fd00::32]:5000', authority: '/etc/ca.crt' });
    expect(text.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
      'server = "https://[fd00::32]:5000"',
      'capabilities = ["pull", "resolve"]',
      'dial_timeout = "1s"',
      'ca = "/etc/ca.crt"',
      '',
    ]);
  });

  it('has no CA for plain HTTP', async () => {
    const text = await renderHostsFile({ server: 'http://10.96.0.50:5000', authority: undefined });
    expect(text).not.toContain('ca =');
    expect(text).toContain('server = "http://10.96.0.50:5000"');
  });

  it('begins with the mark that devreg knows its files by', async () => {
    expect(await renderHostsFile({ server: 'http://a', authority: undefined })).toMatch(HOSTS_FILE_MARK);
    expect((await renderHostsFile({ server: 'http://a', authority: undefined })).indexOf(HOSTS_FILE_MARK)).toBe(0);
  });
});
