import type { Place } from './place.ts'

/**
 * How the embedded PostgreSQL is set; given on the command line, so that a later version of the hub changes them without
 * touching files of an existing data folder. Everything not named here is PostgreSQL's default.
 */
export function serverSettings(place: Place, testOnlyNoFsync: boolean): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: `"${place.socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    port: '5432',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    max_connections: '200',
    shared_buffers: '128MB',
    // Workers for reading ahead cost memory and do nothing for a load of small writes.
    io_method: 'sync',
    jit: 'off',
    wal_level: 'replica',
    autovacuum_naptime: '5s',
    ...(testOnlyNoFsync ? notDurable : durable),
    ...quietLog(place),
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

const durable = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_wal_size: '4GB',
  // A new file of the log filled with zeros holds up every commit for 50 ms, one in two seconds of full load until the
  // first checkpoints leave old files to use again. Left sparse it is 8 ms, and each sync then also sees to its blocks.
  wal_init_zero: 'off',
}
const notDurable = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_wal_size: '256MB' }

/**
 * A week of files, one a day of the week. Level `log` leaves out the errors of single statements: their text can hold a
 * patient's data, and the hub that sent the statement has the error anyway.
 */
function quietLog(place: Place): Record<string, string> {
  return {
    logging_collector: 'on',
    log_directory: place.log,
    log_filename: 'postgres-%a.log',
    log_truncate_on_rotation: 'on',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
  }
}
