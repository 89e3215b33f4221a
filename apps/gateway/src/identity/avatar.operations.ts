import { AVATAR_MAX_BYTES, AVATAR_SIZES, AvatarId, avatarOf, Closed, setAvatar, StringEnum, Type } from '#contracts';
import { operation } from '../http/operation.js';

const avatar = avatarOf('q3Zr8pV1xT6mK9wB2nYc5dLf7hJs0gQa');
/** Delimiters and head of the form around the picture. */
const FORM_BYTES = 4_096;

export const setAvatarOperation = operation({
  method: 'POST',
  path: '/users/avatar',
  operationId: 'setAvatar',
  tag: 'Profile',
  summary: 'Set my picture',
  description:
    'A JPEG, PNG or WebP as the part `file` of a form, or as the whole body; judged by its bytes, not by its name. At most 5 MB and 40 megapixels, at least 64 × 64. It is drawn anew as squares of 64, 256 and 512 pixels: place, camera and whatever else was in the file are gone. Replaces the present one.',
  access: 'signed-in',
  scope: 'write:profile',
  rawBody: {
    mediaTypes: ['multipart/form-data', 'image/jpeg', 'image/png', 'image/webp'],
    maxBytes: AVATAR_MAX_BYTES + FORM_BYTES,
  },
  timeoutMs: 20_000,
  status: 201,
  response: setAvatar.response,
  responseExample: { avatar_url: avatar.medium, avatar },
  errors: ['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'VALIDATION_ERROR'],
  idempotent: true,
});

export const deleteAvatarOperation = operation({
  method: 'DELETE',
  path: '/users/avatar',
  operationId: 'deleteAvatar',
  tag: 'Profile',
  summary: 'Remove my picture',
  description: 'Also answered 204 where there is none.',
  access: 'signed-in',
  scope: 'write:profile',
  status: 204,
});

export const getAvatarOperation = operation({
  method: 'GET',
  path: '/avatars/{id}',
  operationId: 'getAvatar',
  tag: 'Profile',
  summary: 'A picture',
  description:
    'For whoever has its address, which cannot be guessed. A new picture has a new address; the old one is gone.',
  access: 'public',
  params: Closed({ id: AvatarId({ description: 'Id of the picture.' }) }),
  query: Closed({
    size: Type.Optional(StringEnum(AVATAR_SIZES, { default: '256', description: 'Pixels of a side.' })),
  }),
  produces: 'image/webp',
  publicCacheSeconds: 3_600,
  etag: true,
  errors: ['NOT_FOUND'],
});
