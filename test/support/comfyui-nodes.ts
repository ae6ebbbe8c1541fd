interface NodeDefinition {
  /** What a node cannot do without: the type of what is linked there, or `value`. */
  readonly required: Readonly<Record<string, string>>;
  readonly optional?: Readonly<Record<string, string>>;
  /** Types, in the order of the outputs. */
  readonly outputs: readonly string[];
}

/** The nodes that the stand-in has, as ComfyUI's own `nodes.py` and `comfy_extras` declare them. */
export const standInNodes: Readonly<Record<string, NodeDefinition>> = {
  CFGNorm: { required: { model: 'MODEL', strength: 'value' }, outputs: ['MODEL'] },
  CLIPLoader: { required: { clip_name: 'value', type: 'value' }, outputs: ['CLIP'] },
  ConditioningZeroOut: { required: { conditioning: 'CONDITIONING' }, outputs: ['CONDITIONING'] },
  DualCLIPLoader: {
    required: { clip_name1: 'value', clip_name2: 'value', type: 'value' },
    outputs: ['CLIP'],
  },
  EmptySD3LatentImage: {
    required: { width: 'value', height: 'value', batch_size: 'value' },
    outputs: ['LATENT'],
  },
  FluxGuidance: {
    required: { conditioning: 'CONDITIONING', guidance: 'value' },
    outputs: ['CONDITIONING'],
  },
  ImageScaleBy: {
    required: { image: 'IMAGE', upscale_method: 'value', scale_by: 'value' },
    outputs: ['IMAGE'],
  },
  ImageScaleToTotalPixels: {
    required: { image: 'IMAGE', upscale_method: 'value', megapixels: 'value' },
    outputs: ['IMAGE'],
  },
  ImageUpscaleWithModel: {
    required: { upscale_model: 'UPSCALE_MODEL', image: 'IMAGE' },
    outputs: ['IMAGE'],
  },
  LatentUpscaleBy: {
    required: { samples: 'LATENT', upscale_method: 'value', scale_by: 'value' },
    outputs: ['LATENT'],
  },
  LoadImageMask: { required: { image: 'value', channel: 'value' }, outputs: ['MASK'] },
  ModelSamplingAuraFlow: { required: { model: 'MODEL', shift: 'value' }, outputs: ['MODEL'] },
  TripleCLIPLoader: {
    required: { clip_name1: 'value', clip_name2: 'value', clip_name3: 'value' },
    outputs: ['CLIP'],
  },
  UNETLoader: { required: { unet_name: 'value', weight_dtype: 'value' }, outputs: ['MODEL'] },
  UpscaleModelLoader: { required: { model_name: 'value' }, outputs: ['UPSCALE_MODEL'] },
  VAELoader: { required: { vae_name: 'value' }, outputs: ['VAE'] },
  TextEncodeQwenImageEdit: {
    required: { clip: 'CLIP', prompt: 'value' },
    optional: { vae: 'VAE', image: 'IMAGE' },
    outputs: ['CONDITIONING'],
  },
  TextEncodeQwenImageEditPlus: {
    required: { clip: 'CLIP', prompt: 'value' },
    optional: { vae: 'VAE', image1: 'IMAGE', image2: 'IMAGE', image3: 'IMAGE' },
    outputs: ['CONDITIONING'],
  },
  CheckpointLoaderSimple: { required: { ckpt_name: 'value' }, outputs: ['MODEL', 'CLIP', 'VAE'] },
  CLIPTextEncode: { required: { text: 'value', clip: 'CLIP' }, outputs: ['CONDITIONING'] },
  EmptyImage: {
    required: { width: 'value', height: 'value', batch_size: 'value', color: 'value' },
    outputs: ['IMAGE'],
  },
  EmptyLatentImage: {
    required: { width: 'value', height: 'value', batch_size: 'value' },
    outputs: ['LATENT'],
  },
  ImageCompositeMasked: {
    required: {
      destination: 'IMAGE',
      source: 'IMAGE',
      x: 'value',
      y: 'value',
      resize_source: 'value',
    },
    optional: { mask: 'MASK' },
    outputs: ['IMAGE'],
  },
  ImageScale: {
    required: {
      image: 'IMAGE',
      upscale_method: 'value',
      width: 'value',
      height: 'value',
      crop: 'value',
    },
    outputs: ['IMAGE'],
  },
  ImageToMask: { required: { image: 'IMAGE', channel: 'value' }, outputs: ['MASK'] },
  KSampler: {
    required: {
      model: 'MODEL',
      seed: 'value',
      steps: 'value',
      cfg: 'value',
      sampler_name: 'value',
      scheduler: 'value',
      positive: 'CONDITIONING',
      negative: 'CONDITIONING',
      latent_image: 'LATENT',
      denoise: 'value',
    },
    outputs: ['LATENT'],
  },
  LoadImage: { required: { image: 'value' }, outputs: ['IMAGE', 'MASK'] },
  RepeatImageBatch: { required: { image: 'IMAGE', amount: 'value' }, outputs: ['IMAGE'] },
  RepeatLatentBatch: { required: { samples: 'LATENT', amount: 'value' }, outputs: ['LATENT'] },
  SaveImage: { required: { images: 'IMAGE', filename_prefix: 'value' }, outputs: [] },
  SetLatentNoiseMask: { required: { samples: 'LATENT', mask: 'MASK' }, outputs: ['LATENT'] },
  VAEDecode: { required: { samples: 'LATENT', vae: 'VAE' }, outputs: ['IMAGE'] },
  VAEEncode: { required: { pixels: 'IMAGE', vae: 'VAE' }, outputs: ['LATENT'] },
};

/** Inputs that are chosen from a list, with the list as ComfyUI 0.3.64 has it. */
const nodeChoices: Readonly<Record<string, readonly string[]>> = {
  'ImageScale upscale_method': ['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos'],
  'ImageScale crop': ['disabled', 'center'],
  'ImageToMask channel': ['red', 'green', 'blue', 'alpha'],
  'LoadImageMask channel': ['alpha', 'red', 'green', 'blue'],
  'ImageScaleBy upscale_method': ['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos'],
  'LatentUpscaleBy upscale_method': ['nearest-exact', 'bilinear', 'area', 'bicubic', 'bislerp'],
  'UNETLoader weight_dtype': ['default', 'fp8_e4m3fn', 'fp8_e4m3fn_fast', 'fp8_e5m2'],
  'CLIPLoader type': ['stable_diffusion', 'sd3', 'flux', 'qwen_image'],
  'DualCLIPLoader type': ['sdxl', 'sd3', 'flux'],
  'KSampler sampler_name': ['euler', 'euler_ancestral', 'dpmpp_2m', 'dpmpp_2m_sde', 'lcm'],
  'KSampler scheduler': ['simple', 'sgm_uniform', 'karras', 'normal'],
};

/** Inputs that name a file, with the folder whose files they may name. */
const fileInputs: Readonly<Record<string, readonly [folder: string, ...inputs: string[]]>> = {
  CheckpointLoaderSimple: ['checkpoints', 'ckpt_name'],
  UNETLoader: ['diffusion_models', 'unet_name'],
  VAELoader: ['vae', 'vae_name'],
  CLIPLoader: ['text_encoders', 'clip_name'],
  DualCLIPLoader: ['text_encoders', 'clip_name1', 'clip_name2'],
  TripleCLIPLoader: ['text_encoders', 'clip_name1', 'clip_name2', 'clip_name3'],
  UpscaleModelLoader: ['upscale_models', 'model_name'],
};

/** Files by their folder. */
export type StandInFiles = Readonly<Record<string, readonly string[]>>;

/** What an input may be, where it is one of a list. */
export function choicesOf(
  classType: string,
  input: string,
  files: StandInFiles,
): readonly string[] | undefined {
  const [folder, ...inputs] = fileInputs[classType] ?? [''];
  return inputs.includes(input) ? (files[folder] ?? []) : nodeChoices[`${classType} ${input}`];
}

/** As `/object_info` tells it: a list, or a type, and then what else is to be said. */
export function objectInfo(classType: string, files: StandInFiles): object | undefined {
  const node = standInNodes[classType];
  if (!node) return undefined;
  const told = (inputs: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(
      Object.entries(inputs).map(([input, type]) => {
        const list = choicesOf(classType, input, files);
        return [input, [list ?? (type === 'value' ? 'STRING' : type), {}]];
      }),
    );
  return {
    input: { required: told(node.required), optional: told(node.optional) },
    output: node.outputs,
    name: classType,
    output_node: node.outputs.length === 0,
  };
}
