import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createApiClient } from './api/api-client.ts'
import { openEventStream } from './api/event-stream.ts'
import { uploadFile } from './api/upload-file.ts'
import { App } from './components/app.tsx'
import { PlaygroundContext } from './state/playground-context.ts'
import { createPlayground } from './state/playground.ts'
import './styles/index.css'

const playground = createPlayground({
  api: createApiClient((input, init) => fetch(input, init)),
  uploadFile,
  openEventStream,
  now: () => Date.now(),
  languageCode: navigator.language,
})

const root = document.querySelector('#root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <PlaygroundContext value={playground}>
      <App />
    </PlaygroundContext>
  </StrictMode>,
)
