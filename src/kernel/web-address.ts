import { isIPv6 } from 'node:net'

/** The HTTP address of a port of a host; IPv6 stands in brackets there. */
export function httpAddress(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
}

/** Whether a text can be a host: a name, or an address without a zone. Whether there is one by that name only asking tells. */
export function isHost(text: string): boolean {
  return /^[\w.:-]+$/.test(text) && URL.canParse(httpAddress(text, 1))
}

/** Whether a text is the address of something that speaks HTTP. */
export function isHttpAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
}
