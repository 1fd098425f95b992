/**
 * What a user may do, from the most to the least: an owner runs the assistant; a trusted user may
 * use what the owner keeps from strangers; everyone else may chat as far as the owner lets them.
 */
export type Role = 'owner' | 'trusted' | 'everyone'
