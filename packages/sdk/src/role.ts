/**
 * A user's role, most powerful first. An owner runs the assistant. A trusted user may use what the
 * owner reserves for trusted people. Everyone else may chat as far as the owner allows.
 */
export type Role = 'owner' | 'trusted' | 'everyone'
