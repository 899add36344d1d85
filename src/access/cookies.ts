/** The value of a cookie in a `Cookie` header (RFC 6265 section 4.2); null when it is not there. */
export function readCookie(header: string | undefined, name: string): string | null {
  if (header === undefined || header.length > 8_192) return null
  for (const part of header.split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return null
}

/**
 * The value of `Set-Cookie`: for this host, no scripts, not sent along by other sites' forms. 0 seconds removes it.
 *
 * @example writeCookie('a', 'b', { secure: false, seconds: 60 }) // 'a=b; Path=/; HttpOnly; SameSite=Lax; Max-Age=60'
 */
export function writeCookie(name: string, value: string, options: { secure: boolean; seconds: number }): string {
  const secure = options.secure ? '; Secure' : ''
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${options.seconds}${secure}`
}
