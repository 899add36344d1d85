/** For so long a form posted again is the same form. */
const rememberedMs = 600_000
const mostRemembered = 2_000

/**
 * Runs the work of a form once: who posts it again, also while it runs, gets the same answer. What failed may be tried
 * again, and so may what was answered without being done. Per node; every act can be repeated on another node without
 * harm as well.
 */
export function makeOnce<T>(
  now: () => Date,
  isDone: (answer: T) => boolean,
): (key: string, work: () => Promise<T>) => Promise<T> {
  const done = new Map<string, { readonly answer: Promise<T>; readonly at: number }>()
  return (key, work) => {
    const at = now().getTime()
    const known = done.get(key)
    if (known !== undefined && at - known.at < rememberedMs) return known.answer
    if (done.size >= mostRemembered) done.delete(done.keys().next().value ?? '')
    const answer = work()
    done.set(key, { answer, at })
    const forget = () => done.delete(key)
    answer.then((given) => isDone(given) || forget(), forget)
    return answer
  }
}
