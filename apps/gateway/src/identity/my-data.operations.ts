import {
  Closed,
  DataExport,
  ErasureCertificate,
  ErasureReceipt,
  ErasureRequest,
  Type,
  undoErasure,
  UndoErasureRequest,
  Uuid,
} from '#contracts';
import { operation } from '../http/operation.js';

const ById = Closed({ id: Uuid() });
const receipt = {
  id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d81',
  status: 'scheduled' as const,
  requested_at: '2026-11-20T10:00:00.000Z',
  due_at: '2026-11-27T10:00:00.000Z',
  undo_token: 'Jw5bW0n3Q8rT2yV6xZ1aC4dE7fG9hK0mN3pR5sU8wX4',
  certificate_secret: 'mN3pR5sU8wX4Jw5bW0n3Q8rT2yV6xZ1aC4dE7fG9hK0',
};

export const requestErasureOperation = operation({
  method: 'DELETE',
  path: '/users/me',
  operationId: 'requestErasure',
  tag: 'My data',
  summary: 'Erase my account',
  description:
    'Needs the password again, or a fresh code. Ends every session and shuts the account at once; after the time to undo (7 days unless set otherwise) every service deletes what it holds. Keep `certificate_secret`: it opens the list of what was deleted.',
  access: 'signed-in',
  limit: 'credentials',
  body: ErasureRequest,
  bodyExample: { password: 'seven purple elephants' },
  status: 202,
  response: ErasureReceipt,
  responseExample: receipt,
  errors: ['REAUTHENTICATION_FAILED', 'TOO_MANY_ATTEMPTS', 'CONFLICT'],
});

export const undoErasureOperation = operation({
  method: 'POST',
  path: '/users/me/undo-erasure',
  operationId: 'undoErasure',
  tag: 'My data',
  summary: 'Keep my account after all',
  description:
    'Until `due_at`. The account has no session any more, so send its address and password, or the token that came with the mail. Sign in afterwards.',
  access: 'public',
  limit: 'credentials',
  body: UndoErasureRequest,
  bodyExample: { email: 'john.doe@example.com', password: 'seven purple elephants' },
  response: undoErasure.response,
  responseExample: { status: 'undone' },
  errors: ['INVALID_CREDENTIALS', 'INVALID_TOKEN', 'TOO_MANY_ATTEMPTS', 'CONFLICT'],
});

export const getErasureCertificateOperation = operation({
  method: 'GET',
  path: '/users/me/erasure-certificate/{id}',
  operationId: 'getErasureCertificate',
  tag: 'My data',
  summary: 'See what was erased',
  description:
    'Per service and table: how many rows were deleted, made anonymous or kept. Also shows how far it has come.',
  access: 'public',
  params: ById,
  query: Closed({
    secret: Type.String({ minLength: 1, maxLength: 200, description: 'From the answer of the erasure.' }),
  }),
  response: ErasureCertificate,
  errors: ['NOT_FOUND'],
});

export const requestExportOperation = operation({
  method: 'POST',
  path: '/users/me/export',
  operationId: 'requestExport',
  tag: 'My data',
  summary: 'Export everything you hold on me',
  description:
    'One zip with a folder per service: JSON of every table and the files as they are. A mail says when it is ready. Who asks while one is under way gets that one.',
  access: 'signed-in',
  status: 202,
  response: DataExport,
});

export const getExportOperation = operation({
  method: 'GET',
  path: '/users/me/export/{id}',
  operationId: 'getExport',
  tag: 'My data',
  summary: 'See how far my export is',
  description: 'With the link to the file when it is ready.',
  access: 'signed-in',
  params: ById,
  response: DataExport,
  errors: ['NOT_FOUND'],
});

export const downloadExportOperation = operation({
  method: 'GET',
  path: '/users/me/export/{id}/download',
  operationId: 'downloadExport',
  tag: 'My data',
  summary: 'Fetch the file of my export',
  description: 'By the link of the export, which needs no sign-in and stops working when the file expires.',
  access: 'public',
  params: ById,
  query: Closed({ token: Type.String({ minLength: 1, maxLength: 200, description: 'As in the link.' }) }),
  produces: 'application/zip',
  errors: ['NOT_FOUND'],
});
