import { untilSo } from './actions.ts'
import { makeToken, offer, writeForm } from './offer.ts'
import type { Town } from './town.ts'

/**
 * Offers one form at each of these addresses again and again, until all of them answer that the service is stopped; seconds
 * it took, or null when one took it all the time. The same form each time: it is one message, however often it is taken.
 */
export async function secondsUntilStopped(town: Town, urls: readonly string[]): Promise<number | null> {
  const token = makeToken(town)
  const form = writeForm()
  const began = performance.now()
  const isStopped = async (url: string): Promise<boolean> => {
    const told = await offer(url, await token(), form)
    return told?.status === 503 && told.text.includes('"service-stopped"')
  }
  const all = async (): Promise<boolean> => (await Promise.all(urls.map(isStopped))).every(Boolean)
  return (await untilSo(town, all, 15)) ? (performance.now() - began) / 1_000 : null
}
