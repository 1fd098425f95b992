import { existsSync } from 'node:fs'

const programs = new Map<string, string | undefined>()

/** Finds a system program without `PATH`, which is not trusted. Linux only. */
export function findProgram(name: string): string | undefined {
  if (!programs.has(name)) {
    const places = process.platform === 'linux' ? ['/usr/bin', '/bin', '/usr/sbin'] : []
    programs.set(
      name,
      places.map((place) => `${place}/${name}`).find((file) => existsSync(file)),
    )
  }
  return programs.get(name)
}
