/** Addresses of registries. */
import { expect, it } from 'vitest';
import { parseRegistryAddress } from '../../src/client/address.ts';

it.each([
  ['https://localhost:5001', 'https://localhost:5001/'],
  ['localhost:5001', 'https://localhost:5001/'],
  ['registry.example', 'https://registry.example/'],
  ['https://registry.example/', 'https://registry.example/'],
  ['http://localhost:5000', 'http://localhost:5000/'],
  ['http://127.0.0.1:5000', 'http://127.0.0.1:5000/'],
  ['http://[::1]:5000', 'http://[::1]:5000/'],
  ['[::1]:5000', 'https://[::1]:5000/'],
])('%s is %s', (text, address) => {
  expect(parseRegistryAddress(text).href).toBe(address);
});

it.each([
  'http://registry.example',
  'http://127.0.0.1.example',
  'http://192.168.1.1:5000',
  'https://user@registry.example',
  'https://registry.example/path',
  'https://registry.example/?x',
  'https://registry.example/#x',
  'ftp://registry.example',
  'https://',
  '',
  'a b',
])('%j is refused', (text) => {
  expect(() => parseRegistryAddress(text)).toThrow(expect.objectContaining({ code: 'ADDRESS_REFUSED' }));
});
