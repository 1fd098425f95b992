/**
 * A process that runs schedules every second from a file shared with others. It appends each slot
 * that it is about to take, and each that it runs, to a journal, in one write. Arguments: the file,
 * the journal.
 */
import { appendFileSync } from 'node:fs'
import { createSqliteScheduleStore, openSqliteDatabase, WriteLog } from '@pluggram/storage'
import { Scheduler } from '../scheduler.ts'

const [file = '', journal = ''] = process.argv.slice(2)
const write = (line: string): void => appendFileSync(journal, `${line}\n`)
const store = createSqliteScheduleStore(new WriteLog(openSqliteDatabase(file)), { bot: 1 })
const advance = store.advance.bind(store)
store.advance = (record, progress) => {
  write(`take ${process.pid} ${record.name}@${new Date(progress.lastSlot ?? 0).toISOString()}`)
  return advance(record, progress)
}
const scheduler = new Scheduler({
  store,
  onError: (_plugin, name, error) => write(`error ${name} ${String(error)}`),
})
const effects = {
  add: () => async () => {},
  setInterval: () => async () => {},
  setTimeout: () => async () => {},
  list: () => [],
}
const service = scheduler.forPlugin('notes', effects)
for (let index = 0; index < 20; index += 1) {
  await service.cron('* * * * * *', { name: `beat${index}`, missed: 'all' }, ({ slot }) => write(slot))
}
scheduler.start()
write(`ready ${process.pid}`)
// the scheduler's own timers do not keep a process alive
setInterval(() => {}, 60_000)
