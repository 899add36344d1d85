import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openCare } from '../care/deps.ts'
import { countMonitorChanges } from '../care/impact.ts'
import { describeReport } from '../checking/describe.ts'
import { beginReport, runReport, type DryRunDeps } from '../checking/dry-run.ts'
import { installPack } from '../checking/install.ts'
import { makeRuleSets } from '../checking/rule-sets.ts'
import { stopReport } from '../checking/stop-report.ts'
import { systemClock } from '../kernel/clock.ts'
import { SluisError } from '../kernel/errors.ts'
import { openVault } from '../ledger/vault.ts'
import { loadPack, packOf } from '../rules/load.ts'
import { startRuleWorkers } from '../rules/workers.ts'
import type { Database } from '../store/connect.ts'
import { reports, setReportState, type ReportRow } from '../store/impact.ts'
import { storedPacks } from '../store/packs.ts'
import type { CommandIo } from './command-io.ts'
import { describeImpact, reportTable } from './shared/describe-impact.ts'
import { databaseHelp, endHelp, text, wholeNumber } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { ownerOf } from './shared/owner.ts'
import { progressOn } from './shared/progress.ts'
import { runWith } from './shared/run-with.ts'
import { masterKeyOf, withDatabase } from './shared/with-database.ts'

const tryHelp = `sluis pack try FOLDER | PACK VERSION [--by NAME]
sluis pack try --resume NUMBER

Judges everything stored by a version, without effect, and says what would change: by sender, kind and rule, by what was
measured, by laboratory and practice, with the monitors, deliveries and certificates behind it, and what cannot be undone.
A folder is installed first. Stopped with Ctrl-C or killed, it goes on where it was with --resume, or by itself where a hub
runs.

  --resume NUMBER  go on with a report that was stopped
  --by NAME        who (default: who is signed in on this machine)
${databaseHelp}
${endHelp}: one object

Exit codes: 0 tried and nothing stands in its way, 1 something does, 2 wrong use.
`

const reportHelp = `sluis pack report [NUMBER] [--pack PACK] [--stop NUMBER]

All reports over stored records, newest first, or one with its lines.

  --pack PACK    only of this pack
  --stop NUMBER  stop one that runs; what was judged stays judged. Not one by which
                 what is stored is judged anew under a version that counts
${databaseHelp}
${endHelp}

Exit codes: 0 done, 1 there is none, 2 wrong use.
`

/** `sluis pack try`. */
export async function tryVersion(args: readonly string[], io: CommandIo): Promise<number> {
  const options = { data: text, by: text, resume: text }
  return runWith({ args, io, help: tryHelp, options }, (values, [first, version, ...more]) => {
    const resume = wholeNumber('resume', values.resume, 1)
    if (more.length > 0 || (first === undefined) === (resume === undefined))
      throw new WrongUse('try takes a folder, or a pack and a version, or --resume')
    return withDatabase(values, io, async ({ db, dataFolder }) => {
      const workers = startRuleWorkers({ size: 2, deadlineMs: 5_000 })
      try {
        const vault = openVault(db, masterKeyOf(dataFolder))
        const care = openCare(vault)
        const tell = progressOn(io)
        const looked = (patients: number): void => tell(() => `monitors of ${patients} patients laid beside each other`)
        const deps: DryRunDeps = {
          db,
          vault,
          ruleSets: makeRuleSets(),
          judge: workers.judgeStored,
          worker: `command:${process.pid}`,
          countMonitorChanges: (number) => countMonitorChanges(care, db, number, systemClock.now(), looked),
        }
        if (resume !== undefined) await setReportState(db, resume, 'running')
        const id = resume ?? (await begin(deps, first!, version, ownerOf(values.by)))
        await follow(deps, id, io)
        return await show(deps, id, values.json === true, io)
      } finally {
        await workers.close()
      }
    })
  })
}

async function begin(deps: DryRunDeps, first: string, version: string | undefined, actor: string): Promise<number> {
  const { db, ruleSets } = deps
  if (version === undefined || existsSync(join(first, 'pack.yaml'))) {
    if (version !== undefined) throw new WrongUse('a folder goes alone')
    const pack = packOf(loadPack(first), first)
    const { id } = await installPack(db, pack, actor)
    return beginReport(db, { purpose: 'try', setting: id, pack, actor })
  }
  const stored = (await storedPacks(db, first)).find((one) => one.body.version === version)
  if (stored === undefined) throw new SluisError('pack-unknown', { pack: first, version })
  return beginReport(db, { purpose: 'try', setting: stored.id, pack: await ruleSets.pack(db, stored.id), actor })
}

/** Works on the report, or waits for the hub that does. */
async function follow(deps: DryRunDeps, id: number, io: CommandIo): Promise<void> {
  const tell = progressOn(io)
  const words = ({ seen, total }: ReportRow): void => tell(() => `${seen} of ${total} records judged`)
  for (;;) {
    const state = await runReport(deps, id, { progress: words })
    if (state !== 'busy') return
    const [report] = await reports(deps.db, { id })
    if (report === undefined || report.state !== 'running') return
    words(report)
    await sleep(500)
  }
}

async function show(
  deps: { db: Database; ruleSets: DryRunDeps['ruleSets'] },
  id: number,
  json: boolean,
  io: CommandIo,
) {
  const described = await describeReport(deps, id)
  io.stdout.write(json ? `${JSON.stringify(described)}\n` : `${describeImpact(described).join('\n')}\n`)
  return described.state === 'done' && described.objections.length === 0 ? 0 : 1
}

/** `sluis pack report`. */
export async function report(args: readonly string[], io: CommandIo): Promise<number> {
  const options = { data: text, pack: text, stop: text }
  return runWith({ args, io, help: reportHelp, options }, (values, [given, ...more]) => {
    const id = wholeNumber('report', given, 1)
    const stop = wholeNumber('stop', values.stop, 1)
    if (more.length > 0) throw new WrongUse('report takes one number at most')
    return withDatabase(values, io, async ({ db }) => {
      if (stop !== undefined && !(await stopReport(db, stop)))
        throw new SluisError('pack-report-unknown', { report: stop })
      if (id !== undefined) {
        await show({ db, ruleSets: makeRuleSets() }, id, values.json === true, io)
        return 0
      }
      const rows = await reports(db, values.pack === undefined ? {} : { pack: values.pack })
      const lines = rows.length === 0 ? ['There is no report yet.'] : reportTable(rows)
      io.stdout.write(values.json ? `${JSON.stringify(rows)}\n` : `${lines.join('\n')}\n`)
      return 0
    })
  })
}
