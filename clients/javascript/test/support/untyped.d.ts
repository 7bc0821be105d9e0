declare module 'react';
declare module 'react-dom/client';
