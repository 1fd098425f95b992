import { describe, expect, it } from 'vitest'
import { botApiSchemas } from '../schemas.ts'
import { Validator } from '../validator.ts'
import { exampleResult } from './example-result.ts'

describe('exampleResult', () => {
  it('fits the result of every method', () => {
    const validator = new Validator()
    const problems = Object.keys(botApiSchemas().methods)
      .map((method) => [method, validator.resultProblem(method, exampleResult(method))] as const)
      .filter(([, problem]) => problem !== undefined)
    expect(problems).toEqual([])
  })
})
