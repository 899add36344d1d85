import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of the package, whether the code runs from src/ or from dist/src/. */
export const packageRoot: string = (() => {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
})()

/** Shipped content: forms, destinations, routes. */
export const dataFolder: string = join(packageRoot, 'data')
