import { SluisError } from '../kernel/errors.ts'

/** A host or port that cannot be had, in words; anything else as it is. */
export function listenFault(error: unknown, host: string): unknown {
  const { code, port } = error as NodeJS.ErrnoException & { readonly port?: number }
  if (code === 'EADDRINUSE' || code === 'EACCES')
    return new SluisError('port-not-free', { port: port ?? 0, reason: code }, { cause: error })
  const isHost = code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN'
  return isHost ? new SluisError('host-not-ours', { host, reason: code }, { cause: error }) : error
}
