export type DriverErrorStatus = 400 | 404 | 409

/**
 * An impossible action of the driver: an unknown id (404), a bad value (400), or a wrong state
 * (409).
 */
export class DriverError extends Error {
  readonly status: DriverErrorStatus
  readonly code: string

  constructor(status: DriverErrorStatus, code: string, message: string) {
    super(message)
    this.name = 'DriverError'
    this.status = status
    this.code = code
  }
}
