import { createReadStream } from 'node:fs'
import { toRevocationList, type RevocationList } from '../certificates/revocation.ts'
import { euRules } from '../certificates/rules.ts'
import { readTrustedKey, type TrustedKey } from '../certificates/trust.ts'
import { stepNames, type Verification } from '../certificates/verification.ts'
import { verifyCertificate } from '../certificates/verify.ts'
import { errorText } from '../kernel/errors.ts'
import type { Language } from '../kernel/language.ts'
import { momentOf, openFile, parseJson, toAnswer } from './certificate-answer.ts'
import { verifyBatch } from './certificate-batch.ts'
import { readHead, type CommandIo } from './command-io.ts'
import { flag, many, text } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { runWith } from './shared/run-with.ts'

const help = `sluis certificate verify: say whether an EU Digital COVID Certificate holds

Standard input: the text of its QR code, HC1:... with all its spaces.

  --trust FILE        certificate of a signer you trust: PEM, DER or base64; may be given again
  --at TIME           the moment to judge, ISO 8601 (default: now)
  --revocation FILE   {"entries": [{"type": "UCI" | "COUNTRYCODEUCI" | "SIGNATURE", "hash": "..."}]}
  --rules             judge by the EU business rules as well; they change nothing in "valid"
  --batch FILE        lines {id, hc1, trust: [base64 DER], at}; one answer line each, with its id (- = standard input)
  --language L        nl, fr, de or en for the reasons (default: that of the terminal)
  --json              {valid, steps, payload, reasons, ...} instead of words

Exit code 0 when it holds, 1 when it does not (or one of a batch does not), 2 on wrong use.
`

const options = { trust: many, at: text, revocation: text, batch: text, rules: flag }

/** Exit code 0 when every certificate holds, 1 when not, 2 on wrong use. */
export async function verify(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, async (values, _, language) => {
    const { batch, revocation, rules, json = false } = values
    const [at, trust] = [momentOf(values.at), (values.trust ?? []).map(readTrust)]
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

function readTrust(file: string): TrustedKey {
  const key = readTrustedKey(openFile(file))
  if (key === null) throw new WrongUse(`${file} holds no certificate`)
  return key
}

function readRevocation(file: string): RevocationList {
  const { entries } = (parseJson(openFile(file).toString('utf8')) ?? {}) as { readonly entries?: unknown }
  if (!Array.isArray(entries)) throw new WrongUse(`${file} has no entries`)
  return toRevocationList(entries as unknown[])
}
