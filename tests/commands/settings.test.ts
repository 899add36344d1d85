import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { makeDevelopmentKeys } from '../../src/certificates/development.ts'
import { readConfig } from '../../src/config.ts'
import { settings, unreadSettings } from '../../src/hub/setting-names.ts'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { sluis, temporaryFolder } from './support.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())
afterEach(() => {
  vi.unstubAllEnvs()
})

const read = (env: Readonly<Record<string, string>>, said = {}) => readConfig({ data: folder.path, ...said }, env)

test('a setting that cannot be used is named as whoever set it calls it, with what it takes', () => {
  const wrong: readonly [Parameters<typeof read>, RegExp][] = [
    [[{}, { port: Number.NaN }], /^--port \(PORT\) takes a whole number from 0 to 65535$/],
    [[{ PORT: '70000' }], /^--port \(PORT\) takes a whole number from 0 to 65535$/],
    [[{ SLUIS_MLLP_PORT: 'x' }], /^--mllp-port \(SLUIS_MLLP_PORT\) takes a whole number/],
    [[{}, { roles: ['intake', 'bogus'] }], /^--roles \(SLUIS_ROLES\) takes intake, .*web; it knows no 'bogus'$/],
    [[{ SLUIS_HOST: '' }], /^SLUIS_HOST takes an address or a name of this machine, such as 127\.0\.0\.1$/],
    [[{ SLUIS_HOST: 'hub.example:8080' }], /^SLUIS_HOST takes an address/],
    [[{ SLUIS_HOST: 'fe80::1%eth0' }], /^SLUIS_HOST takes an address/],
    [[{ SLUIS_DEST_SCIENSANO_URL: 'sciensano.example' }], /^SLUIS_DEST_SCIENSANO_URL takes an address such as https:/],
    [[{ SLUIS_DEST_SCIENSANO_URL: '' }], /^SLUIS_DEST_SCIENSANO_URL takes an address/],
    [
      [{ SLUIS_DEST_SCIENSNO_URL: 'https://sciensano.example' }],
      /^SLUIS_DEST_SCIENSNO_URL is of no destination; did you mean SLUIS_DEST_SCIENSANO_URL\?$/,
    ],
    [[{ SLUIS_DEST_VACCINNET_SECERT: 'x' }], /did you mean SLUIS_DEST_VACCINNET_SECRET\?$/],
    [[{ SLUIS_PUBLIC_URL: 'hub.example:443' }], /^SLUIS_PUBLIC_URL takes an address/],
    [[{ SLUIS_MASTER_KEY: 'short' }], /^SLUIS_MASTER_KEY .* takes 32 bytes in base64$/],
    [[{ SLUIS_PUBLIC_URL: 'hub' }], /^SLUIS_PUBLIC_URL takes an address/],
    [
      [{ SLUIS_TRUST_PROXY: '10.0.0.5, lb' }],
      /^SLUIS_TRUST_PROXY takes addresses or networks such as .*; it knows no 'lb'$/,
    ],
    [[{ SLUIS_TRUST_PROXY: '0.0.0.0/0' }], /^SLUIS_TRUST_PROXY .* knows no '0\.0\.0\.0\/0'$/],
    [[{ SLUIS_TRUST_PROXY: '' }], /^SLUIS_TRUST_PROXY takes addresses or networks/],
    [[{ SLUIS_DRAIN_MS: '' }], /^SLUIS_DRAIN_MS takes a whole number from 0$/],
    [[{ SLUIS_SPOOL_HOURS: '-1' }], /^SLUIS_SPOOL_HOURS takes a number of hours above 0$/],
    [[{ SLUIS_LOG: 'loud' }], /^SLUIS_LOG takes debug, info, warn, error; it knows no 'loud'$/],
    [[{ SLUIS_OIDC_ISSUER: 'https://id.example' }], /^SLUIS_OIDC_CLIENT_ID is missing/],
    [[{ SLUIS_OIDC_ISSUER: 'https://id.example', SLUIS_OIDC_ROLE_VALUES: 'king=x' }], /knows no 'king=x'/],
    [[{ SLUIS_MLLP_LOOPBACK: 'yes' }], /^SLUIS_MLLP_LOOPBACK takes 1 for yes or 0 for no$/],
    [[{ PORT: 'x', SLUIS_LOG: 'loud' }], /PORT.*; SLUIS_LOG/],
  ]
  for (const [given, words] of wrong) expect(() => read(...given)).toThrow(words)
})

test('a variable of ours that nothing reads is told with the nearest that something does', async () => {
  const destination = { SLUIS_DEST_DIGITAAL_VLAANDEREN_TAKES_PROBES: 'true', SLUIS_DEST_SCIENSANO_SECRET: 'x' }
  expect(unreadSettings({ ...destination, SLUIS_SPOOL_BYTES: '1', OTHER: 'x' })).toEqual([])
  vi.stubEnv('SLUIS_SPOL_BYTES', '1')
  vi.stubEnv('DATABASE_URL', 'postgres://127.0.0.1:1/none')
  vi.stubEnv('SLUIS_HOST', '192.0.2.1')
  const said = await sluis(['start', '--data', folder.path, '--no-neighbours'])
  expect(said.out).toContain('nothing reads SLUIS_SPOL_BYTES; did you mean SLUIS_SPOOL_BYTES?\n')
})

test('the names of settings are those that the code reads', () => {
  const files = globSync(['src/**/*.ts', 'neighbours/**/*.ts'], { cwd: packageRoot })
  const texts = files
    .filter((file) => !file.endsWith('.test.ts') && !file.endsWith('setting-names.ts'))
    .map((file) => readFileSync(join(packageRoot, file), 'utf8'))
  const named = new Set(texts.flatMap((text) => text.match(/SLUIS_[A-Z_]+[A-Z]\b/g) ?? []))
  const read = [...named].filter((name) => !name.startsWith('SLUIS_DEST_'))
  expect(unreadSettings(Object.fromEntries(read.map((name) => [name, ''])))).toEqual([])
  for (const name of settings) expect([name, named.has(name)]).toEqual([name, true])
})

test('a host is an address of IPv4 or IPv6, or a name', () => {
  for (const host of ['127.0.0.1', '::', '::1', 'localhost', 'hub-1.example', 'hub_1'])
    expect(read({ SLUIS_HOST: host }).host).toBe(host)
})

test('space around an address is no part of it', () => {
  const { publicUrls } = read({ SLUIS_PUBLIC_URL: 'https://a.example, https://b.example\n' })
  expect(publicUrls).toEqual(['https://a.example', 'https://b.example'])
})

test('balancers that are believed are read, and nobody is when none is named', () => {
  expect(read({}).trustedProxies).toEqual([])
  expect(read({ SLUIS_TRUST_PROXY: '10.0.0.5, fd00::/8' }).trustedProxies).toEqual(['10.0.0.5', 'fd00::/8'])
})

test('TLS for laboratories is whole or refused: a node never takes results in clear because a setting was mistyped', async () => {
  const { key, certificate, authority } = await makeDevelopmentKeys()
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder.path, name), content)
    return join(folder.path, name)
  }
  const [keyFile, certFile] = [file('key.pem', key), file('cert.pem', certificate)]
  const caFile = file('ca.pem', authority)
  const wrong: readonly [Readonly<Record<string, string>>, RegExp][] = [
    [{ SLUIS_MLLP_TLS_CERT: certFile, SLUIS_MLLP_CLIENT_CA: caFile }, /^SLUIS_MLLP_TLS_KEY is missing/],
    [{ SLUIS_MLLP_CLIENT_CA: caFile }, /^SLUIS_MLLP_TLS_KEY is missing/],
    [{ SLUIS_MLLP_TLS_KEY: '', SLUIS_MLLP_TLS_CERT: certFile }, /^SLUIS_MLLP_TLS_KEY is missing/],
    [{ SLUIS_MLLP_TLS_KEY: keyFile }, /^SLUIS_MLLP_TLS_CERT is missing/],
    [
      { SLUIS_MLLP_TLS_KEY: keyFile, SLUIS_MLLP_TLS_CERT: join(folder.path, 'none') },
      /^SLUIS_MLLP_TLS_CERT: .*none cannot be read \(ENOENT\)$/,
    ],
    [{ SLUIS_MLLP_TLS_KEY: keyFile, SLUIS_MLLP_TLS_CERT: caFile }, /^SLUIS_MLLP_TLS_KEY and .* do not go together/],
  ]
  for (const [given, words] of wrong) expect(() => read(given)).toThrow(words)
  expect(read({ SLUIS_MLLP_TLS_KEY: keyFile, SLUIS_MLLP_TLS_CERT: certFile }).mllp.tls).toEqual({
    key,
    certificate,
    clientCa: null,
  })
})

test('an address of a database that is none is told by its name, without the password in it', async () => {
  for (const address of ['notaurl', '', 'mysql://x/y', 'postgres://hub:secret#1@host/hub']) {
    expect(() => read({ DATABASE_URL: address })).toThrow(/^DATABASE_URL takes the address of a PostgreSQL, such as/)
    vi.stubEnv('DATABASE_URL', address)
    for (const command of [['start', '--data', folder.path], ['backlog'], ['doctor', '--data', folder.path]]) {
      const said = await sluis(command)
      expect(said).toMatchObject({ code: 2, err: expect.stringMatching(/^DATABASE_URL takes/) as string })
      expect(said.err).not.toContain('secret')
    }
  }
  for (const address of ['postgres://h/d', 'postgresql://u:p@%2Frun%2Fpg/d', 'postgres:///d?host=/run/pg']) {
    expect(read({ DATABASE_URL: address }).databaseUrl).toBe(address)
  }
})

test('who sends from this machine is a known laboratory as said, else with the embedded database', () => {
  const named = { DATABASE_URL: 'postgres://h/d' }
  const of = (env: Readonly<Record<string, string>>): boolean => read(env).mllp.loopback
  expect([of({}), of({ SLUIS_MLLP_LOOPBACK: '0' }), of(named), of({ ...named, SLUIS_MLLP_LOOPBACK: '1' })]).toEqual([
    true,
    false,
    false,
    true,
  ])
})

test('values of a claim that stand for a role are read', () => {
  const env = { SLUIS_OIDC_ISSUER: 'https://id.example', SLUIS_OIDC_CLIENT_ID: 'hub' }
  expect(read(env).oidc).toMatchObject({ roleClaim: 'sluis_role', roleValues: {} })
  const values = read({ ...env, SLUIS_OIDC_ROLE_VALUES: 'operator=hub-ops, helper=desk,helper=a=b' }).oidc?.roleValues
  expect(values).toEqual({ operator: ['hub-ops'], helper: ['desk', 'a=b'] })
})

test('a data folder that cannot be used is told in a sentence, and is no wait for ever', async () => {
  const [file, bad] = [join(folder.path, 'file'), join(folder.path, 'bad')]
  writeFileSync(file, '')
  mkdirSync(join(bad, 'master.key'), { recursive: true })
  for (const data of ['/proc/sluis', join(file, 'under'), bad]) {
    const said = await sluis(['start', '--data', data])
    expect(said).toMatchObject({ code: 1, err: expect.stringMatching(/^This user cannot read or write in/) as string })
    expect(said.err).toContain(data)
  }
  expect(await sluis(['migrate', '--data', '/proc/sluis'])).toMatchObject({ code: 1 })
  expect(() =>
    readConfig({ data: folder.path }, { SLUIS_MASTER_KEY: Buffer.alloc(32).toString('base64') }),
  ).not.toThrow()
})

test('an empty master key is none before anything was sealed with it, and told in words after that', async () => {
  const spoolFile = ['spool', '0000000001.segment']
  for (const torn of ['', '\n', '\0'.repeat(44)]) {
    const { path, remove } = await temporaryFolder()
    writeFileSync(join(path, 'master.key'), torn)
    const made = readConfig({ data: path }, {}).masterKey
    expect(made).toHaveLength(32)
    // The same one at the next start.
    expect(readConfig({ data: path }, {}).masterKey).toEqual(made)
    for (const sealed of [['postgres', 'cluster', 'PG_VERSION'], spoolFile]) {
      mkdirSync(join(path, ...sealed.slice(0, -1)), { recursive: true })
      writeFileSync(join(path, ...sealed), '18')
      writeFileSync(join(path, 'master.key'), torn)
      const said = await sluis(['start', '--data', path])
      expect(said).toMatchObject({ code: 2, err: expect.stringContaining('put it back from the backup') as string })
      expect(readFileSync(join(path, 'master.key'), 'utf8')).toBe(torn)
      rmSync(join(path, sealed[0]!), { recursive: true })
    }
    await remove()
  }
})

test('a master key that is gone from a folder with contents is asked back, and no new one made', async () => {
  for (const sealed of [
    ['postgres', 'cluster', 'PG_VERSION'],
    ['spool', '0000000001.segment'],
  ]) {
    const { path, remove } = await temporaryFolder()
    mkdirSync(join(path, ...sealed.slice(0, -1)), { recursive: true })
    writeFileSync(join(path, ...sealed), '18')
    const said = await sluis(['start', '--data', path])
    expect(said).toMatchObject({
      code: 2,
      err: expect.stringMatching(/master\.key is missing.* from the backup/) as string,
    })
    expect(existsSync(join(path, 'master.key'))).toBe(false)
    await remove()
  }
})
