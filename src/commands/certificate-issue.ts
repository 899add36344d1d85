import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { identifierOf, type DccPayload } from '../certificates/dcc.ts'
import { makeDevelopmentKeys, signerFromPem, type DevelopmentKeys } from '../certificates/development.ts'
import { issueCertificate } from '../certificates/issue.ts'
import type { Built } from '../certificates/payload.ts'
import { qrPng, qrSvg } from '../certificates/qr.ts'
import { payloadFor } from '../certificates/request.ts'
import { checkSchema } from '../certificates/schema.ts'
import type { Signer } from '../certificates/signer.ts'
import { errorText } from '../kernel/errors.ts'
import { momentOf, openFile, parseJson } from './certificate-answer.ts'
import { readAll, type CommandIo } from './command-io.ts'
import { text } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { runWith } from './shared/run-with.ts'

const help = `sluis certificate issue: make an EU Digital COVID Certificate

Standard input: a request {recordId, person: {familyName, givenName, birthDate}, test: {device, result, sampledAt, centre}}
or {..., vaccination: {product, dose, doses, vaccinatedOn}}, with country and issuer if you like; or a complete payload {ver, nam, dob, ...}.

  --key FILE --cert FILE   the signer's private key and certificate, PEM
  --data DIR               without these: the development signer of this folder, made when absent (default .sluis)
  --at TIME                when it is issued, ISO 8601 (default: now)
  --days N                 for how many days it holds (default 365)
  --svg FILE, --png FILE   write its QR code
  --language L             nl, fr, de or en for what is wrong (default: that of the terminal)
  --json                   {hc1, uvci, issuedAt, expiresAt, kid, signer} instead of the text
`

const options = { key: text, cert: text, data: text, at: text, days: text, svg: text, png: text }

/** Exit code 0 when issued, 1 when the request cannot get a certificate, 2 on wrong use. */
export async function issue(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, async (values, _, language) => {
    const [at, days] = [momentOf(values.at), Number(values.days ?? 365)]
    if ((values.key === undefined) !== (values.cert === undefined)) throw new WrongUse('--key and --cert go together')
    if (!(days > 0 && days <= 3650)) throw new WrongUse('--days takes a number up to 3650')
    const built = await readPayload(io)
    if (built.state === 'refused') {
      for (const { code, path, params } of built.faults)
        io.stderr.write(`${path} ${errorText(code, params, language)}\n`)
      if (values.json) io.stdout.write(`${JSON.stringify({ hc1: null, faults: built.faults })}\n`)
      return 1
    }
    const signer = await loadSigner({ ...values, at }, io)
    const expiresAt = new Date(at.getTime() + days * 86_400_000)
    const { hc1, uvci } = issueCertificate(built.payload, signer, {
      issuedAt: at,
      expiresAt,
      issuer: countryOf(built.payload),
    })
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

async function readPayload(io: CommandIo): Promise<Built> {
  const asked = parseJson((await readAll(io.stdin, 64 * 1024)) ?? '')
  if (typeof asked !== 'object' || asked === null || !('ver' in asked)) return payloadFor(asked)
  const verdict = checkSchema(asked)
  if (verdict.state === 'fits') {
    const payload = asked as DccPayload
    return { state: 'built', payload, uvci: identifierOf(payload) }
  }
  const paths = verdict.state === 'faulty' ? verdict.faults.map(({ path, what }) => `${path} ${what}`) : ['/ver']
  return {
    state: 'refused',
    faults: paths.map((path) => ({
      code: 'certificate-request-unreadable',
      severity: 'error',
      path,
      params: { path },
    })),
  }
}

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
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, JSON.stringify(await makeDevelopmentKeys({ at })), { mode: 0o600 })
    io.stderr.write(`made a development signer in ${file}; nobody else trusts it\n`)
  }
  return signerFromPem(JSON.parse(readFileSync(file, 'utf8')) as DevelopmentKeys)
}
