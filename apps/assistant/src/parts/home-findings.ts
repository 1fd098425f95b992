import { definePart } from '@pluggram/assembly'
import { findExposure } from '../doctor/check-exposure.ts'
import { findOpenFiles } from '../doctor/check-files.ts'
import { findMachineProblems } from '../doctor/check-machine.ts'
import { findConfigProblems } from '../doctor/fault.ts'
import { withoutRepair } from '../doctor/problem.ts'
import { configuration, findingSources } from './tokens.ts'

/** What is wrong with the configuration, the rights of files and the machine while the assistant runs. */
export const homeFindings = definePart({
  name: 'findings about the home',
  needs: { configuration },
  start(needs, life) {
    // limits and variables of a process do not change while it runs
    const machine = findMachineProblems().map(withoutRepair)
    life.add(findingSources, {
      name: 'the configuration',
      isLogged: true,
      check: () => findConfigProblems(needs.configuration.now),
    })
    life.add(findingSources, {
      name: 'the rights of files',
      check: async () => (await findOpenFiles(needs.configuration.now)).map(withoutRepair),
    })
    life.add(findingSources, {
      name: 'what is open to others',
      check: () => findExposure(needs.configuration.now).map(withoutRepair),
    })
    life.add(findingSources, { name: 'this machine', check: () => machine })
  },
})
