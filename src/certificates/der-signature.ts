/**
 * The raw form (r then s, 32 bytes each; RFC 9053 section 2.1) of a P-256 signature in DER
 * (`SEQUENCE { INTEGER r, INTEGER s }`). The DER comes from our own OpenSSL, so its lengths are short and true.
 */
export function rawSignature(der: Uint8Array): Buffer {
  // From the pool: an allocation of its own for each signature costs more than filling these bytes.
  const raw = Buffer.allocUnsafe(64).fill(0)
  const sEnd = copyInteger(der, copyInteger(der, 2, raw, 32), raw, 64)
  if (der[0] !== 0x30 || sEnd !== der.length) throw new RangeError('not a P-256 signature in DER')
  return raw
}

/** Copies the INTEGER at `at` right-aligned before `end`; returns the place after it. */
function copyInteger(der: Uint8Array, at: number, raw: Buffer, end: number): number {
  const next = at + 2 + (der[at + 1] ?? 0)
  // DER puts a zero byte before a number whose first bit is set, and leaves out leading zeros.
  for (let from = next - 1, to = end - 1; from >= at + 2 && to >= end - 32; from--, to--) raw[to] = der[from] ?? 0
  return next
}
