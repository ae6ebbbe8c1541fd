import type { Workflow } from '../workflow.js';
import { img2img } from './img2img.js';

/**
 * Inpainting with SD 1.5, SD 2 and SDXL checkpoints, of ComfyUI's own nodes alone: image to image
 * whose noise is laid under the mask only. The mask is a picture, white where the image may change;
 * it is scaled and cropped just as the image is. A latent's pixels are eight of the image's, and the
 * VAE changes all of them a little: so what may not change is laid over the result again.
 */
export const inpaint: Workflow = {
  name: 'inpaint',
  graph: {
    ...img2img.graph,
    '9': { class_type: 'SaveImage', inputs: { filename_prefix: 'easel/image', images: ['19', 0] } },
    '13': { class_type: 'RepeatLatentBatch', inputs: { samples: ['17', 0], amount: 1 } },
    '14': { class_type: 'LoadImage', inputs: { image: '' } },
    '15': {
      class_type: 'ImageScale',
      inputs: {
        image: ['14', 0],
        upscale_method: 'bilinear',
        width: 512,
        height: 512,
        crop: 'center',
      },
    },
    '16': { class_type: 'ImageToMask', inputs: { image: ['15', 0], channel: 'red' } },
    '17': { class_type: 'SetLatentNoiseMask', inputs: { samples: ['12', 0], mask: ['16', 0] } },
    '18': { class_type: 'RepeatImageBatch', inputs: { image: ['11', 0], amount: 1 } },
    '19': {
      class_type: 'ImageCompositeMasked',
      inputs: {
        destination: ['18', 0],
        source: ['8', 0],
        x: 0,
        y: 0,
        resize_source: false,
        mask: ['16', 0],
      },
    },
  },
  slots: {
    ...img2img.slots,
    width: [
      ['11', 'width'],
      ['15', 'width'],
    ],
    height: [
      ['11', 'height'],
      ['15', 'height'],
    ],
    count: [
      ['13', 'amount'],
      ['18', 'amount'],
    ],
    mask: [['14', 'image']],
  },
};
