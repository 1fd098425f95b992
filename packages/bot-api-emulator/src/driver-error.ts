export type DriverErrorStatus = 400 | 404 | 409

/** An act of the driver that is impossible: an unknown id (404), a bad value (400), a wrong moment (409). */
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
