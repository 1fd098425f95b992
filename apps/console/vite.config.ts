import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    // Browsers that know `light-dark()`, so that one rule serves both themes.
    target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
    // The page's content security policy allows no inline script, so no polyfill is injected either.
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '/api': { target: 'http://127.0.0.1:8080', changeOrigin: false } },
  },
})
