import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    // browsers that support `light-dark()`, so that one rule covers both themes
    target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
    // the page's content security policy forbids inline scripts, so no polyfill may be injected
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '/api': { target: 'http://127.0.0.1:8080', changeOrigin: false } },
  },
})
