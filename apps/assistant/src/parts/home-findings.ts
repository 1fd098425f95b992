import { definePart } from '@pluggram/assembly'
import { findExposure } from '../doctor/check-exposure.ts'
import { findOpenFiles } from '../doctor/check-files.ts'
import { findMachineProblems } from '../doctor/check-machine.ts'
import { toProblem } from '../doctor/fault.ts'
import { withoutRepair } from '../doctor/problem.ts'
import { configuration, findingSources } from './tokens.ts'

/** What is wrong with the configuration, the rights of files and the machine while the assistant runs. */
export const homeFindings = definePart({
  name: 'findings about the home',
  needs: { configuration },
  start(needs, life) {
    life.add(findingSources, {
      name: 'the configuration',
      check: () =>
        needs.configuration.now.problems.map((problem) =>
          withoutRepair(toProblem({ kind: 'config', problem }, needs.configuration.now)),
        ),
    })
    life.add(findingSources, {
      name: 'the rights of files',
      check: async () => (await findOpenFiles(needs.configuration.now)).map(withoutRepair),
    })
    life.add(findingSources, {
      name: 'what is open to others',
      check: () => findExposure(needs.configuration.now).map(withoutRepair),
    })
    life.add(findingSources, { name: 'this machine', check: () => findMachineProblems().map(withoutRepair) })
  },
})
