/** What a person may do with the assistant: its owner, somebody the owner trusts, or anybody else who may chat. */
export type Role = 'owner' | 'trusted' | 'everyone'
