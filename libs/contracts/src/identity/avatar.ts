import { defineRpc } from '../define.js';
import { Closed, Empty, type Static, StringEnum, Type } from '../schema.js';

/** Pixels of a side; pictures are square. */
export const AVATAR_SIZES = ['64', '256', '512'] as const;
export type AvatarSize = (typeof AVATAR_SIZES)[number];
export const AVATAR_MAX_BYTES = 5 * 1024 * 1024;

/** Whoever knows it sees the picture. Loose in its form: an address of an older form is as unknown as any other. */
export const AvatarId = (options: Record<string, unknown> = {}) =>
  Type.String({
    minLength: 20,
    maxLength: 64,
    pattern: '^[A-Za-z0-9_-]+$',
    examples: ['q3Zr8pV1xT6mK9wB2nYc5dLf7hJs0gQa'],
    ...options,
  });

/** Addresses of the picture, each made for one picture and never used for another. */
export const Avatar = Closed({
  id: AvatarId(),
  small: Type.String({ description: '64 × 64 pixels, WebP.' }),
  medium: Type.String({ description: '256 × 256 pixels, WebP.' }),
  large: Type.String({ description: '512 × 512 pixels, WebP.' }),
});
export type Avatar = Static<typeof Avatar>;

export const avatarOf = (id: string): Avatar => {
  const address = (size: AvatarSize) => `/api/v1/avatars/${id}?size=${size}`;
  return { id, small: address('64'), medium: address('256'), large: address('512') };
};

/** base64 of at most AVATAR_MAX_BYTES. */
const MAX_ENCODED = Math.ceil(AVATAR_MAX_BYTES / 3) * 4;

export const setAvatar = defineRpc('identity', 'avatar.set', {
  idempotent: true,
  request: Closed({ picture: Type.String({ maxLength: MAX_ENCODED, description: 'base64' }) }),
  response: Closed({ avatar_url: Type.String({ description: 'The address of medium size.' }), avatar: Avatar }),
});
export const deleteAvatar = defineRpc('identity', 'avatar.delete', { request: Empty, response: Empty });

export const getAvatar = defineRpc('identity', 'avatar.get', {
  caller: 'none',
  request: Closed({ avatar_id: AvatarId(), size: StringEnum(AVATAR_SIZES) }),
  response: Closed({ picture: Type.String({ description: 'base64 of a WebP' }) }),
});
