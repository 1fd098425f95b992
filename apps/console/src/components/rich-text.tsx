import { Fragment, useMemo } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { buildEntityTree, isBlockEntity } from '../text/entity-tree.ts'
import type { MessageEntity, TextNode } from '../text/entity-tree.ts'
import { safeLink } from '../text/safe-link.ts'
import { CodeBlock } from './code-block.tsx'
import { CopyableText } from './copyable-text.tsx'
import { QuoteBlock } from './quote-block.tsx'
import { Spoiler } from './spoiler.tsx'

interface RichTextProps {
  readonly text: string
  readonly entities: readonly MessageEntity[]
  /** Called with a `/command` that was clicked; without it commands are plain. */
  readonly onCommand?: ((command: string) => void) | undefined
}

/** Draws Telegram's formatted text as React elements. No part of the text is ever taken for markup. */
export function RichText({ text, entities, onCommand }: RichTextProps): ReactElement {
  const tree = useMemo(() => buildEntityTree(text, entities), [text, entities])
  return <>{renderNodes(tree, onCommand)}</>
}

function renderNodes(nodes: readonly TextNode[], onCommand: RichTextProps['onCommand']): ReactNode {
  return nodes.map((node, index) => {
    if (node.kind === 'entity') {
      const key = `${node.start}-${node.entity.type}`
      return <Fragment key={key}>{renderEntity(node, onCommand)}</Fragment>
    }
    const followsBlock = isBlock(nodes[index - 1])
    return <Fragment key={node.start}>{followsBlock ? withoutFirstBreak(node.text) : node.text}</Fragment>
  })
}

/** A block ends its own line, so the line break after it would show as an empty line: it is kept, but not drawn. */
function withoutFirstBreak(text: string): ReactNode {
  if (!text.startsWith('\n')) return text
  return (
    <>
      <span className="undrawn">{'\n'}</span>
      {text.slice(1)}
    </>
  )
}

function isBlock(node: TextNode | undefined): boolean {
  return node?.kind === 'entity' && isBlockEntity(node.entity)
}

type EntityNode = Extract<TextNode, { readonly kind: 'entity' }>

function renderEntity(node: EntityNode, onCommand: RichTextProps['onCommand']): ReactNode {
  const { entity, text } = node
  const children = renderNodes(node.children, onCommand)
  switch (entity.type) {
    case 'bold':
      return <strong>{children}</strong>
    case 'italic':
      return <em>{children}</em>
    case 'underline':
      return <u>{children}</u>
    case 'strikethrough':
      return <s>{children}</s>
    case 'spoiler':
      return <Spoiler text={text}>{children}</Spoiler>
    case 'code':
      return <CopyableText kind="code" text={text} />
    case 'pre':
      return <CodeBlock code={text} language={entity.language} />
    case 'blockquote':
      return <QuoteBlock isExpandable={false}>{children}</QuoteBlock>
    case 'expandable_blockquote':
      return <QuoteBlock isExpandable>{children}</QuoteBlock>
    case 'text_link':
      return link(entity.url ?? '', children, entity.url)
    case 'url':
      return link(text, children)
    case 'email':
      return link(`mailto:${text}`, children)
    case 'mention':
      return link(`https://t.me/${text.replace(/^@/u, '')}`, children)
    case 'bot_command':
      return onCommand === undefined ? (
        <span className="accent">{children}</span>
      ) : (
        <button type="button" className="text-button" onClick={() => onCommand(text)}>
          {children}
        </button>
      )
    case 'phone_number':
      return <CopyableText kind="phone" text={text} />
    case 'text_mention':
    case 'hashtag':
    case 'cashtag':
      return <span className="accent">{children}</span>
    default:
      // Custom emoji stand as the plain emoji they replace; kinds that come later stand as their text.
      return children
  }
}

/** A link that shows where it leads when its text does not say so. An address that may not be opened is no link. */
function link(address: string, children: ReactNode, title?: string): ReactNode {
  const href = safeLink(address)
  if (href === undefined) return children
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      {...(title === undefined ? {} : { title: href })}
    >
      {children}
    </a>
  )
}
