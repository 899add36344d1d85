import type { FastifyRequest } from 'fastify'

/**
 * Where whoever asks reaches the hub, without a slash at the end, for the links it is given: of the public addresses the
 * one with the host that was asked, else the first; as the request came when there are none. The request alone says
 * `http` where TLS ends at a balancer.
 *
 * @example reachedAt(request, ['https://hub.example']) // 'https://hub.example'
 */
export function reachedAt(
  { protocol, host }: Pick<FastifyRequest, 'protocol' | 'host'>,
  publicUrls: readonly string[],
): string {
  const isAsked = (one: string): boolean => {
    const { protocol: own, host: known } = new URL(one)
    return known === URL.parse(`${own}//${host}`)?.host
  }
  const base = publicUrls.find(isAsked) ?? publicUrls[0] ?? `${protocol}://${host}`
  return base.replace(/\/$/, '')
}
