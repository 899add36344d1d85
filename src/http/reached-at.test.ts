import { expect, test } from 'vitest'
import { reachedAt } from './reached-at.ts'

test('a link leads to the public address that was asked, else to the first, else to where the request came', () => {
  const at = (host: string, ...urls: string[]) => reachedAt({ protocol: 'http', host }, urls)
  const both = ['https://hub.example/', 'https://lab.example:8443', 'http://hub.intern']
  expect(at('hub.example', ...both)).toBe('https://hub.example')
  expect(at('HUB.example:443', ...both)).toBe('https://hub.example')
  expect(at('lab.example:8443', ...both)).toBe('https://lab.example:8443')
  expect(at('hub.intern', ...both)).toBe('http://hub.intern')
  for (const host of ['lab.example', '10.0.0.7:8080', '', 'x y', 'evil.example/hub.example'])
    expect(at(host, ...both)).toBe('https://hub.example')
  expect(at('127.0.0.1:8080')).toBe('http://127.0.0.1:8080')
})
