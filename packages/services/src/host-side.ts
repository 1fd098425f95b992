export type { HostLink } from './crossing/links.ts'
export { serveServices } from './crossing/serve-services.ts'
