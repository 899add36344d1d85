/**
 * Works on up to `width` items at once and gives the results in the order of the items.
 *
 * @example for await (const size of inOrder(files, 4, sizeOf)) total += size
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = []
  for await (const item of items) {
    const one = work(item)
    // Told when its turn comes; until then a failure must not count as unseen.
    one.catch(() => undefined)
    running.push(one)
    if (running.length >= width) yield running.shift()!
  }
  for (const one of running) yield await one
}
