export { findS3Server, NO_S3_SERVER, type S3Handle, startS3 } from './start-s3.js';
