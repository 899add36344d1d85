/** What has to be stopped again, in the order it was started. */
export type Undo = (() => Promise<unknown>)[]

/** Builds something of many parts. What was started is stopped, last one first, when building fails or by `stop`. */
export async function buildOrUndo<Built>(
  say: (line: string) => void,
  build: (undo: Undo, stop: () => Promise<void>) => Promise<Built>,
): Promise<Built> {
  const undo: Undo = []
  const stop = async (): Promise<void> => {
    for (const one of undo.splice(0).reverse()) await one().catch((error: unknown) => say(String(error)))
  }
  try {
    return await build(undo, stop)
  } catch (error) {
    await stop()
    throw error
  }
}
