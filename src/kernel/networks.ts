import { isIP } from 'node:net'

/**
 * Whether a text is an IP address, or a network of them with the number of bits that are the same in all. All addresses
 * there are (`/0`) are no network.
 *
 * @example isNetwork('10.0.0.0/8') // true
 */
export function isNetwork(text: string): boolean {
  const [, address = '', bits] = /^([\d.]+|[\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? []
  const family = isIP(address)
  if (family === 0 || bits === undefined) return family !== 0
  return Number(bits) > 0 && Number(bits) <= (family === 4 ? 32 : 128)
}
