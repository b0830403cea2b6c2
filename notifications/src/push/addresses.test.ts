import { expect, test } from 'vitest';
import { isPublic, NotPublic, publicAddressesOf } from './addresses.ts';

test.each(['1.1.1.1', '8.8.8.8', '142.250.74.78', '172.15.0.1', '192.167.1.1', '2606:4700:4700::1111', '2a00:1450:4001:82a::200a'])(
  '%s is public',
  (address) => {
    expect(isPublic(address)).toBe(true);
  },
);

test.each([
  ...['127.0.0.1', '127.9.9.9', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1'],
  ...['192.0.0.192', '198.18.0.1', '203.0.113.7', '224.0.0.1', '255.255.255.255'],
  ...['::1', '::', 'fe80::1', 'fd00:ec2::254', 'fc00::1', 'ff02::1', '2001:db8::1', '2001::1', '2002:7f00:1::1', '64:ff9b::7f00:1'],
  ...['::ffff:127.0.0.1', '::ffff:8.8.8.8', 'not an address', ''],
])('%s is not public', (address) => {
  expect(isPublic(address)).toBe(false);
});

test.each(['localhost', '127.0.0.1', '[::1]', '[::ffff:169.254.169.254]'])('%s leads nowhere public', async (host) => {
  await expect(publicAddressesOf(host)).rejects.toThrow(NotPublic);
});
