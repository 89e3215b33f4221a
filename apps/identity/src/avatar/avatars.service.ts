import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AVATAR_MAX_BYTES, avatarOf, type AvatarSize, setAvatar, type Static } from '#contracts';
import { AppError, notFound } from '#kernel';
import { Idempotency, type RpcContext } from '#messaging';
import { afterCommit, Database, UnitOfWork } from '#persistence';
import { ProfileChanges } from '../profile/profile-changes.js';
import { AvatarShelf } from './avatar-shelf.js';
import { AvatarRepository, type AvatarRow } from './avatar.repository.js';
import { PictureEncoder } from './picture-encoder.js';

/** Name of the part the picture comes in; refusals name it. */
const FIELD = 'file';
/** 192 bits, in 32 characters without a rest. */
const ADDRESS_BYTES = 24;

@Injectable()
export class AvatarsService {
  private readonly encoder = new PictureEncoder();

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly changes: ProfileChanges,
    private readonly avatars: AvatarRepository,
    private readonly shelf: AvatarShelf,
  ) {}

  /** Files first, then the row: whoever finds the row finds the files. What a failure leaves is taken away again. */
  async set(
    request: Static<typeof setAvatar.request>,
    context: RpcContext,
  ): Promise<Static<typeof setAvatar.response>> {
    const bytes = Buffer.from(request.picture, 'base64');
    if (bytes.byteLength > AVATAR_MAX_BYTES) throw tooLarge();
    // Whoever knows it sees the picture: random as a whole, where our other ids begin with the time.
    const id = randomBytes(ADDRESS_BYTES).toString('base64url');
    const wanted: AvatarRow = { id, files: await this.shelf.put(await this.encoder.encode(bytes, FIELD)) };
    let kept = false;
    try {
      const answer = await this.idempotency.run(setAvatar, request, context, async (tx) => {
        const { userId, now } = await this.changes.begin(tx, context);
        const before = await this.avatars.ofUser(tx, userId);
        await this.avatars.replace(tx, userId, wanted, now);
        await this.changes.finish(tx, userId, now, context);
        if (before !== undefined) afterCommit(tx, () => this.shelf.discard(before.files));
        const avatar = avatarOf(wanted.id);
        return { avatar_url: avatar.medium, avatar };
      });
      // A repeated request is answered with the picture of the first.
      kept = answer.avatar.id === wanted.id;
      return answer;
    } finally {
      if (!kept) this.shelf.discard(wanted.files);
    }
  }

  /** Also where there is none: what is asked for is that there be none. */
  remove(context: RpcContext): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const { userId, now } = await this.changes.begin(tx, context);
      const before = await this.avatars.ofUser(tx, userId);
      if (before === undefined) return;
      await this.avatars.delete(tx, userId);
      await this.changes.finish(tx, userId, now, context);
      afterCommit(tx, () => this.shelf.discard(before.files));
    });
  }

  /** For whoever has the address, which is as hard to guess as a key; it dies with the picture. */
  async show(id: string, size: AvatarSize): Promise<Buffer> {
    const file = await this.avatars.file(this.database, id, size);
    if (file === undefined) throw notFound('The picture');
    return this.shelf.read(file);
  }
}

const tooLarge = (): AppError =>
  new AppError({
    code: 'PAYLOAD_TOO_LARGE',
    kind: 'too-large',
    message: `The picture is larger than ${AVATAR_MAX_BYTES / 1024 / 1024} MB.`,
  });
