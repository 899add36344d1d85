import { userInfo } from 'node:os'

/** Who acts, for what is written down with a name: what was said with --by, else who is signed in on this machine. */
export function ownerOf(said: string | undefined): string {
  if (said !== undefined && said.trim() !== '') return said.trim()
  try {
    return `command:${userInfo().username}`
  } catch {
    // A process of a user without a name, as in a container.
    return `command:uid-${process.getuid?.() ?? 0}`
  }
}
