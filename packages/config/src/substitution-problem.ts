import { createProblem, type ConfigLocation, type ConfigProblem } from './config-problem.ts'
import { formatPath } from './format-path.ts'
import type { SubstitutionFailure } from './substitute-environment.ts'

/**
 * Describes why a `${NAME}` was not replaced. Within `plugins.x`, the problem affects only that
 * plugin.
 */
export function describeSubstitutionFailure(failure: SubstitutionFailure, at: ConfigLocation): ConfigProblem {
  const { path, reason, name } = failure
  const plugin = path[0] === 'plugins' && typeof path[1] === 'string' ? path[1] : undefined
  const common = { at, path: formatPath(path), plugin }
  if (reason === 'bad-name') {
    return createProblem({
      ...common,
      expected: '${NAME} with a name of letters, digits and _',
      got: 'another text between the braces',
      fix: 'correct the name, or write $${…} for the characters themselves',
    })
  }
  if (reason === 'too-long') {
    return createProblem({
      ...common,
      expected: 'at most 4 MiB of text from variables',
      got: `more with \${${name}}`,
      fix: 'use the variable less often, or a shorter value',
    })
  }
  if (reason === 'no-file') {
    return createProblem({
      ...common,
      expected: `a text file for \${${name}}, in UTF-8 and of at most 1 MiB`,
      got: 'none that can be read',
      fix: "correct the path, which starts in the assistant's home, or the file",
    })
  }
  return createProblem({
    ...common,
    expected: `the variable ${name}`,
    got: 'none of that name',
    fix: `add ${name}=… to .env, or set ${name} in the environment of the process`,
  })
}
