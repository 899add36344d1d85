import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DccPayload } from '../certificates/dcc.ts'
import type { Built } from '../certificates/demands.ts'
import { makeDevelopmentKeys, signerFromPem, type DevelopmentKeys } from '../certificates/development.ts'
import { issueCertificate, type CertificateTimes, type IssuedCertificate } from '../certificates/issue.ts'
import { qrPng, qrSvg } from '../certificates/qr.ts'
import { payloadFor } from '../certificates/request.ts'
import type { Signer } from '../certificates/signer.ts'
import { readTrustedKeys } from '../certificates/trust.ts'
import { valueSets } from '../certificates/value-sets.ts'
import { verifyCertificate } from '../certificates/verify.ts'
import { readJson } from '../formats/json/read.ts'
import { readJsonSync, replaceFileSync } from '../kernel/durable-file.ts'
import { errorText, SluisError } from '../kernel/errors.ts'
import type { Fault } from '../kernel/fault.ts'
import type { Language } from '../kernel/language.ts'
import { makeFolderSync } from '../kernel/make-folder.ts'
import { momentOf, noMore, openFile } from './certificate-answer.ts'
import { readBytes, type CommandIo } from './command-io.ts'
import { text } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { runWith } from './shared/run-with.ts'

export const issueHelp = `sluis certificate issue: make an EU Digital COVID Certificate

Standard input: a request {recordId, person: {familyName, givenName, birthDate}, test: {device, result, sampledAt, centre}}
or {..., vaccination: {product, dose, doses, vaccinatedOn}}, with country and issuer if you like; or a complete payload {ver, nam, dob, ...}.
Both are held to the same rules: a negative test, codes that are still issued and go together, numbers and days that can be.

  --key FILE --cert FILE   the signer's private key and certificate, PEM
  --data DIR               without these: the development signer of this folder, made when absent (default .sluis)
  --country CC             which country issues, in claim and identifier (default: that of the signer's certificate, and
                           for the development signer that of the test or dose)
  --at TIME                when it is issued, ISO 8601; without an offset it is UTC (default: now)
  --days N                 for how many days it holds (default 365)
  --svg FILE, --png FILE   write its QR code
  --language L             nl, fr, de or en for what is wrong (default: that of the terminal)
  --json                   {hc1, uvci, issuedAt, expiresAt, kid, signer} instead of the text;
                           {hc1: null, faults: [{code, severity, path, params}]} when it gets none

Exit code 0 when issued, 1 when it gets none (each fault in a line, with its place), 2 on wrong use.
`

const options = { key: text, cert: text, country: text, data: text, at: text, days: text, svg: text, png: text }

/** Exit code 0 when issued, 1 when the request cannot get a certificate, 2 on wrong use. */
export async function issue(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help: issueHelp, options }, async (values, positionals, language) => {
    noMore('issue', positionals)
    const [at, days] = [momentOf(values.at), Number(values.days ?? 365)]
    if ((values.key === undefined) !== (values.cert === undefined)) throw new WrongUse('--key and --cert go together')
    if (!(days > 0 && days <= 3650)) throw new WrongUse('--days takes a number up to 3650')
    const signer = await loadSigner({ ...values, at }, io)
    const issuing = values.country ?? (values.cert === undefined ? null : signer.country)
    if (issuing !== null && !isCountry(issuing)) throw new WrongUse('--country takes a country of two letters')
    const built = await readPayload(io, at, issuing)
    if (built.state === 'refused') return refuse(built.faults, { io, language, json: values.json === true })
    const expiresAt = new Date(at.getTime() + days * 86_400_000)
    const made = makeHolding(built.payload, signer, {
      issuedAt: at,
      expiresAt,
      issuer: issuing ?? countryOf(built.payload),
    })
    if (made.state === 'refused') return refuse(made.faults, { io, language, json: values.json === true })
    const { hc1, uvci } = made
    if (values.svg !== undefined) writePicture(values.svg, qrSvg(hc1))
    if (values.png !== undefined) writePicture(values.png, qrPng(hc1))
    const whole = {
      hc1,
      uvci,
      issuedAt: at.toISOString(),
      expiresAt: expiresAt.toISOString(),
      kid: signer.kid.toString('hex'),
      signer: signer.certificate.toString('base64'),
    }
    io.stdout.write(values.json ? `${JSON.stringify(whole)}\n` : `${hc1}\n`)
    return 0
  })
}

async function readPayload(io: CommandIo, at: Date, issuing: string | null): Promise<Built> {
  const bytes = await readBytes(io.stdin, inputLimit)
  if (bytes === null) return refusedWith('certificate-request-too-large', { limit: inputLimit })
  if (bytes.toString().trim() === '') return refusedWith('certificate-request-not-object')
  const read = readJson(bytes)
  return read.state === 'unreadable'
    ? { state: 'refused', faults: read.faults }
    : payloadFor(read.value, at, issuing ?? undefined)
}

const inputLimit = 64 * 1024

function refusedWith(code: Fault['code'], params: Fault['params'] = {}): Built {
  return { state: 'refused', faults: [toFault({ code, params })] }
}

interface Told {
  readonly io: CommandIo
  readonly language: Language
  readonly json: boolean
}

function refuse(faults: readonly Fault[], { io, language, json }: Told): number {
  for (const { code, path, params } of faults)
    io.stderr.write(`${path === '' ? '' : `${path} `}${errorText(code, params, language)}\n`)
  if (json) io.stdout.write(`${JSON.stringify({ hc1: null, faults })}\n`)
  return 1
}

type Made = ({ readonly state: 'issued' } & IssuedCertificate) | Extract<Built, { readonly state: 'refused' }>

/** What is handed out holds by our own reading, also with content nobody foresaw or a signer for something else. */
function makeHolding(payload: DccPayload, signer: Signer, times: CertificateTimes): Made {
  try {
    const made = issueCertificate(payload, signer, times)
    const { reasons } = verifyCertificate(made.hc1, readTrustedKeys(signer.certificate) ?? [], times.issuedAt)
    return reasons.length === 0 ? { state: 'issued', ...made } : { state: 'refused', faults: reasons.map(toFault) }
  } catch (error) {
    if (error instanceof SluisError) return { state: 'refused', faults: [toFault(error)] }
    throw error
  }
}

function toFault({ code, params }: Pick<Fault, 'code' | 'params'>): Fault {
  return { code, severity: 'error', path: '', params }
}

const isCountry = (text: string): boolean => /^[A-Z]{2}$/.test(text) && valueSets().countries.split(' ').includes(text)

function countryOf(payload: DccPayload): string {
  const [entry] = 't' in payload ? payload.t : 'v' in payload ? payload.v : payload.r
  return entry.co
}

function writePicture(file: string, picture: string | Uint8Array): void {
  try {
    writeFileSync(file, picture)
  } catch (error) {
    throw new WrongUse(`${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`)
  }
}

interface SignerFiles {
  readonly key?: string | undefined
  readonly cert?: string | undefined
  readonly data?: string | undefined
  readonly at: Date
}

async function loadSigner({ key, cert, data = '.sluis', at }: SignerFiles, io: CommandIo): Promise<Signer> {
  if (key !== undefined && cert !== undefined)
    return signerFromPem({ key: openFile(key).toString('utf8'), certificate: openFile(cert).toString('utf8') })
  const file = join(data, 'development-signer.json')
  const kept = readJsonSync(file) as DevelopmentKeys | undefined
  if (kept !== undefined) return signerFromPem(kept)
  const made = await makeDevelopmentKeys({ at })
  makeFolderSync(dirname(file))
  replaceFileSync(file, JSON.stringify(made))
  io.stderr.write(`made a development signer in ${file}; nobody else trusts it\n`)
  return signerFromPem(made)
}
