import type { Workflow } from '../workflow.js';

/**
 * Image to image with SD 1.5, SD 2 and SDXL checkpoints, of ComfyUI's own nodes alone. The input is
 * brought to the model's size first; what a rounded size or another aspect leaves over is cropped.
 */
export const img2img: Workflow = {
  name: 'img2img',
  graph: {
    '3': {
      class_type: 'KSampler',
      inputs: {
        seed: 0,
        steps: 25,
        cfg: 7,
        sampler_name: 'dpmpp_2m',
        scheduler: 'karras',
        denoise: 0.6,
        model: ['4', 0],
        positive: ['6', 0],
        negative: ['7', 0],
        latent_image: ['13', 0],
      },
    },
    '4': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: '' } },
    '6': { class_type: 'CLIPTextEncode', inputs: { text: '', clip: ['4', 1] } },
    '7': { class_type: 'CLIPTextEncode', inputs: { text: '', clip: ['4', 1] } },
    '8': { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['4', 2] } },
    '9': { class_type: 'SaveImage', inputs: { filename_prefix: 'easel/image', images: ['8', 0] } },
    '10': { class_type: 'LoadImage', inputs: { image: '' } },
    '11': {
      class_type: 'ImageScale',
      inputs: {
        image: ['10', 0],
        upscale_method: 'lanczos',
        width: 512,
        height: 512,
        crop: 'center',
      },
    },
    '12': { class_type: 'VAEEncode', inputs: { pixels: ['11', 0], vae: ['4', 2] } },
    '13': { class_type: 'RepeatLatentBatch', inputs: { samples: ['12', 0], amount: 1 } },
  },
  slots: {
    prompt: [['6', 'text']],
    negative: [['7', 'text']],
    checkpoint: [['4', 'ckpt_name']],
    width: [['11', 'width']],
    height: [['11', 'height']],
    count: [['13', 'amount']],
    seed: [['3', 'seed']],
    steps: [['3', 'steps']],
    cfg: [['3', 'cfg']],
    samplerName: [['3', 'sampler_name']],
    scheduler: [['3', 'scheduler']],
    denoise: [['3', 'denoise']],
    image: [['10', 'image']],
    filenamePrefix: [['9', 'filename_prefix']],
  },
};
