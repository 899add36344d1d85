import { createReadStream } from 'node:fs'
import { toRevocationList, type RevocationList } from '../certificates/revocation.ts'
import { euRules } from '../certificates/rules.ts'
import { readTrustedKeys, type TrustedKey } from '../certificates/trust.ts'
import { stepNames, type Verification } from '../certificates/verification.ts'
import { verifyCertificate } from '../certificates/verify.ts'
import { errorText } from '../kernel/errors.ts'
import type { Language } from '../kernel/language.ts'
import { momentOf, noMore, openFile, parseJson, toAnswer } from './certificate-answer.ts'
import { verifyBatch } from './certificate-batch.ts'
import { readHead, type CommandIo } from './command-io.ts'
import { flag, many, text } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { runWith } from './shared/run-with.ts'

export const verifyHelp = `sluis certificate verify: say whether an EU Digital COVID Certificate holds

Standard input: the text of its QR code, HC1:... with all its spaces.

  --trust FILE        certificates of signers you trust: PEM (also several in one file), DER or base64; may be given again
  --at TIME           the moment to judge, ISO 8601; without an offset it is UTC (default: now)
  --revocation FILE   {"entries": [{"type": "UCI" | "COUNTRYCODEUCI" | "SIGNATURE", "hash": "..."}]}; a hash is the first 16
                      bytes of a SHA-256 in base64. An entry that is none is wrong use: nothing is judged
  --rules             judge by the EU business rules as well; they change nothing in "valid"
  --batch FILE        lines {id, hc1, trust, at}; one answer line each, with its id (- = standard input). "trust" is one or
                      a list of what --trust reads, as text; it and "at" may be left out where --trust and --at say it
  --language L        nl, fr, de or en for the reasons (default: that of the terminal)
  --json              one line of JSON instead of words; --batch always answers so

An answer of JSON:
  valid      all steps passed, and it is not revoked
  steps      prefix, base45, zlib, cose, signature, keyUsage, schema, expiry: true, false, or null when not reached
  payload    the certificate's content, also of one that does not hold; null when it cannot be read
  reasons    why it does not hold: {step, code, params, text}; a step may also be request or revocation
  remarks    the same of what does not make it less valid: a code nobody knows, a rule that is not met
  issuer, issuedAt, expiresAt, kid    of the claims and the signature; null when they do not say
  revoked    true or false; null without --revocation
  rules      {rule, met} of each that holds at the moment; empty without --rules

Exit code 0 when it holds, 1 when it does not (or one of a batch does not), 2 on wrong use.
`

const options = { trust: many, at: text, revocation: text, batch: text, rules: flag }

/** Exit code 0 when every certificate holds, 1 when not, 2 on wrong use. */
export async function verify(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help: verifyHelp, options }, async (values, positionals, language) => {
    noMore('verify', positionals)
    const { batch, revocation, rules, json = false } = values
    const [at, trust] = [momentOf(values.at), (values.trust ?? []).flatMap(readTrust)]
    const by = {
      ...(rules === true ? { rules: euRules() } : {}),
      ...(revocation === undefined ? {} : { revocation: readRevocation(revocation) }),
    }
    if (batch !== undefined) {
      return verifyBatch(batch === '-' ? io.stdin : createReadStream(batch), { at, trust, json, verify: by, batch }, io)
    }
    const input = await readHead(io.stdin, 64 * 1024)
    // Only the line's end is taken off: spaces belong to the text.
    const found = verifyCertificate(input.replace(/[\r\n]+$/, ''), trust, at, by)
    io.stdout.write(json ? `${JSON.stringify(toAnswer(found))}\n` : describe(found, language))
    return found.valid ? 0 : 1
  })
}

function describe(found: Verification, language: Language): string {
  const marks = { true: 'yes', false: 'NO', null: '-' } as const
  const steps = stepNames.map((step) => `  ${step.padEnd(10)} ${marks[`${found.steps[step]}`]}`)
  const reasons = [...found.reasons, ...found.remarks].map(
    ({ code, params }) => `  ${errorText(code, params, language)}`,
  )
  return `${found.valid ? 'The certificate holds.' : 'The certificate does not hold.'}\n${[...steps, ...reasons].join('\n')}\n`
}

function readTrust(file: string): readonly TrustedKey[] {
  const keys = readTrustedKeys(openFile(file))
  if (keys === null) throw new WrongUse(`${file} holds no certificate, or one that cannot be read`)
  return keys
}

function readRevocation(file: string): RevocationList {
  const { entries } = (parseJson(openFile(file).toString('utf8')) ?? {}) as { readonly entries?: unknown }
  if (!Array.isArray(entries)) throw new WrongUse(`${file} has no entries`)
  const read = toRevocationList(entries as unknown[])
  if (read.state === 'read') return read.list
  throw new WrongUse(
    `entry ${read.entry} of ${file} is none: {"type": "UCI" | "COUNTRYCODEUCI" | "SIGNATURE", "hash": 16 bytes in base64}`,
  )
}
